// The front door of the server.

export type { Workers } from './cluster/cluster.ts'
export { type Called, commandName } from './command-name.ts'
export { bringPackages } from './packages.ts'
export { hasEnded, PROCESS_NAME } from './process-name.ts'
export { type Server, startHub, startServer, startWorkers } from './start.ts'
