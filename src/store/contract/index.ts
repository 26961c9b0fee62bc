// The whole contract of a store.

export * from './conflict.ts'
export * from './export-row.ts'
export * from './log.ts'
export * from './query.ts'
export * from './record.ts'
export * from './resource.ts'
export * from './store.ts'
export * from './within.ts'
export * from './work.ts'
export * from './work-limits.ts'
export * from './write.ts'
