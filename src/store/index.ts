// The store: its contract, and the store in memory. The databases have front doors of their own.

export * from './contract/index.ts'
export { documentOf, keepDocument } from './document.ts'
export * from './memory/memory.ts'
