import type { Answer } from './call.ts'
import type { Turn } from './turn.ts'

export async function bulk(_turn: Turn): Promise<Answer> {
  throw new Error('not here yet')
}
