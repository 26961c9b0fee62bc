// The order of the steps, and where one may go: back to all, forward to what was reached.

import type { SetupStep } from '../../src/setup/index.ts'
import { useSetup } from './context.ts'

export type { SetupStep } from '../../src/setup/index.ts'

/** The steps after the welcome, in order. */
export const ORDER: readonly SetupStep[] = ['provider', 'paste', 'clicks', 'test', 'people', 'leaver', 'done']

/** Where a step stands, and where one may go from it. */
export function useStepOrder(step: SetupStep) {
  const { state } = useSetup()
  const index = ORDER.indexOf(step)
  const reached = ORDER.indexOf(state.progress.reached)
  return {
    at: index + 1,
    steps: ORDER,
    before: ORDER[index - 1],
    after: ORDER[index + 1],
    mayGo: (one: SetupStep) => ORDER.indexOf(one) <= Math.max(index, reached),
  }
}
