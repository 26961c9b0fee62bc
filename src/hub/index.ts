// The front door of the hub.

export * from './contract/index.ts'
export { compileScope } from './scope/compile-scope.ts'
