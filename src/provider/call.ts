// A request and its answer, without the cost of Request and Response.

// The bridge to node:http is on the ground floor and defines them; here they have the names that the provider uses.
export type { NodeAnswer as Answer, NodeBody as Body, NodeCall as Call } from '../node.ts'
