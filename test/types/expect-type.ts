// Compares types exactly: an assertion that fails is a compile error.

/** Whether two types are the same, `any` and modifiers included. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Takes `true` alone, so that `expectType<Equal<A, B>>(true)` compiles only for equal types. */
export function expectType<_Result extends boolean>(_isSo: _Result): void {}
