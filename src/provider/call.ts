/**
 * What the provider reads and answers: what `Request` and `Response` say, without the cost of making them. The bridge to node:http
 * stands on the ground and defines them; here they have the names that the provider uses.
 */
export type { NodeAnswer as Answer, NodeBody as Body, NodeCall as Call } from '../node.ts'
