// The front door of explain.

export type { Language, PlaceName, Vendor } from './cause.ts'
export { CAUSES } from './causes.ts'
export { type ErrorFacts, type Explanation, explain, isVendor } from './explain.ts'
export { isOwn, menuWord } from './menu-words.ts'
export { PLACES, VENDOR_NAMES } from './places.ts'
