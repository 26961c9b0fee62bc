export * from './contract/index.ts'
export * from './memory/memory.ts'
