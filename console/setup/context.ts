// What every step of the setup page knows: the language, the state of the link, and how to go on.

import { createContext, useContext } from 'react'
import { guideOf } from '../../guides/steps/guides.ts'
import type { SetupState, SetupStep } from '../../src/setup/index.ts'
import { type Language, type Say, sayIn } from './words/say.ts'

/** What every step knows. */
export interface Setup {
  readonly say: Say
  readonly state: SetupState
  /** The token that was made in this tab; nothing else keeps it. */
  readonly token: string | undefined
  readonly makeToken: (kind: string) => Promise<void>
  readonly go: (step: SetupStep) => void
  /** Tells the server of a change, and takes the state that it gives. */
  readonly change: (change: object) => Promise<void>
}

/** The language, for parts that are shown before there is a state. */
export const SayContext = createContext<Say>(sayIn('en'))
/** What every step knows. */
export const SetupContext = createContext<Setup | undefined>(undefined)

/** Says texts. */
export function useSay(): Say {
  return useContext(SayContext)
}

/** What every step knows. */
export function useSetup(): Setup {
  const setup = useContext(SetupContext)
  if (setup === undefined) throw new Error('A step is shown without a state')
  return setup
}

/** What an identity provider is called in sentences. `where`: as German says it behind “in”, for where something is. */
export function nameOf(kind: string | undefined, language: Language, where = false): string {
  const guide = kind === undefined ? undefined : guideOf(kind)
  if (guide !== undefined) return guide.short
  if (language === 'de') return where ? 'Ihrem System' : 'Ihr System'
  return 'your system'
}
