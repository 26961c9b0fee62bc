// Bounds of maps, and of what they make.

/** What a map may hold and take at most. Past them: a finding, or a MapFault for what shows with a resource only. */
export const MAP_LIMITS = {
  /** Most attributes of one type. */
  ATTRIBUTES: 100,
  /** Longest path, in characters. */
  PATH_LENGTH: 1_024,
  /** Longest JSON text of `const`, `default` and `lookup`, in characters. */
  CONSTANT_LENGTH: 65_536,
  /** Most transforms of one attribute. */
  TRANSFORMS: 20,
  /** Longest argument of a transform, in characters. */
  ARGUMENT_LENGTH: 1_024,
  /** Longest expression, in characters. */
  EXPRESSION_LENGTH: 4_096,
  /** Deepest nesting of comprehensions (all, exists, exists_one, filter, map) in each other. */
  EXPRESSION_LOOPS: 2,
  /** Deepest nesting of an expression. */
  EXPRESSION_DEPTH: 60,
  /** Most work of one evaluation: a step each for calls, turns of loops and every 64 characters or list elements that they look at. */
  EXPRESSION_WORK: 50_000,
  /** Longest text that an expression makes on its way, in characters. */
  EXPRESSION_TEXT: 65_536,
  /** Longest list that an expression makes on its way. */
  EXPRESSION_LIST: 10_000,
  /** Most values of one attribute. */
  VALUES: 10_000,
  /** Largest account: characters of names and texts, and one for each value. */
  RESULT_SIZE: 1_048_576,
} as const
