// The store: its contract, and the store in memory. The databases have front doors of their own.

export * from './contract/index.ts'
export { documentOf, keepDocument } from './document.ts'
export { beginsWith, cutPage, type ListPage, type ListRequest, pageOfRecords } from './list-pages.ts'
export * from './memory/memory.ts'
export { createNote, type Note, type Noted, type NoteFacts } from './notes.ts'
export { allRecords, factsOf, numberOf, oneRecord, putIfSame, textOf, untilUnchanged } from './records.ts'
export { runSteps, type Steps, step } from './steps.ts'
