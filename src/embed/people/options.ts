// The options of people: who somebody is, and how they sign in.

/** Options of `lockstep` about people that the app has already, and about signing in. */
export type PeopleOptions = Readonly<Record<never, never>>

/** The names of these options. */
export const PEOPLE_OPTIONS = ['match', 'signIn'] as const
