// The front door of the hub.

export * from './contract/index.ts'
