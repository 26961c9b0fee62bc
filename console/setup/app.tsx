// The setup page: opens the link, follows its state, and shows one step after the other.

import { useCallback, useEffect, useMemo, useState } from 'react'
import type { PageSettings, SetupState, SetupStep } from '../../src/setup/index.ts'
import { SayContext, SetupContext, useSay } from './context.ts'
import { Frame } from './frame.tsx'
import { Notice } from './parts.tsx'
import { follow, Refused, server } from './server.ts'
import { Step } from './step.tsx'
import { Welcome } from './steps/welcome.tsx'
import { firstLanguage, LANGUAGES, type Language, sayIn } from './words/say.ts'

/** Where the language is kept in the browser; nothing else is. */
const LANGUAGE_KEY = 'lockstep-setup-language'
/** What stands behind `#k=` in the link. It is taken out of the address once it has opened. */
const keyInAddress = () => new URLSearchParams(location.hash.slice(1)).get('k') ?? undefined

type View = 'loading' | 'welcome' | 'steps' | 'over' | 'failed'

/** The whole page. */
export function App() {
  const [view, setView] = useState<View>('loading')
  const [vendor, setVendor] = useState<PageSettings>({})
  const [state, setState] = useState<SetupState>()
  const [live, setLive] = useState(true)
  const shown = state?.vendor ?? vendor
  const { language, choose } = useLanguage(shown)
  const say = useMemo(() => sayIn(language), [language])
  // An answer may overtake a state of the stream that is newer.
  const take = useCallback(
    (next: SetupState) => setState((known) => (known !== undefined && known.now > next.now ? known : next)),
    [],
  )
  const begun = useCallback((now: SetupState) => {
    history.replaceState(null, '', location.pathname + location.search)
    setState(now)
    setView('steps')
  }, [])
  const start = useCallback(() => {
    setView('loading')
    server.page().then(
      (page) => {
        setVendor(page.vendor)
        if (keyInAddress() !== undefined) return setView('welcome')
        return server.state().then(begun, (error: unknown) => setView(error instanceof Refused ? 'over' : 'failed'))
      },
      () => setView('failed'),
    )
  }, [begun])
  useEffect(start, [start])
  const isFollowed = view === 'steps'
  useEffect(() => {
    if (!isFollowed) return
    return follow({ state: take, over: () => setView('over'), live: setLive })
  }, [isFollowed, take])
  const title = shown.name === undefined ? say('title') : say('titleFor', { vendor: shown.name })
  useEffect(() => {
    document.documentElement.lang = language
    document.title = title
  }, [language, title])
  return (
    <SayContext value={say}>
      <Frame
        vendor={shown}
        tenant={state?.tenant}
        language={language}
        choose={choose}
        live={isFollowed ? live : undefined}
      >
        {view === 'loading' ? <p role="status">{say('loading')}</p> : null}
        {view === 'welcome' ? (
          <Welcome vendor={vendor} secret={keyInAddress() ?? ''} begun={begun} over={() => setView('over')} />
        ) : null}
        {view === 'steps' && state !== undefined ? <Begun state={state} take={take} /> : null}
        {view === 'over' ? <Over support={shown.support} /> : null}
        {view === 'failed' ? (
          <>
            <h1>{say('failed.title')}</h1>
            <p>{say('failed.text')}</p>
            <button type="button" className="primary" onClick={start}>
              {say('failed.again')}
            </button>
          </>
        ) : null}
      </Frame>
    </SayContext>
  )
}

/** The link is over: whom to ask, and nothing else. */
function Over({ support }: { readonly support: string | undefined }) {
  const say = useSay()
  const ask = support === undefined ? say('ask') : say('stuck', { support })
  return (
    <>
      <h1>{say('over.title')}</h1>
      <Notice state="off">{say('over.text', { ask })}</Notice>
    </>
  )
}

/** The steps, once the link has opened. */
function Begun({ state, take }: { readonly state: SetupState; readonly take: (state: SetupState) => void }) {
  const say = useSay()
  const [token, setToken] = useState<string>()
  const [step, setStep] = useState<SetupStep>(state.progress.step === 'welcome' ? 'provider' : state.progress.step)
  const [failed, setFailed] = useState(false)
  const change = useCallback(
    async (what: object) => {
      try {
        take(await server.step(what))
        setFailed(false)
      } catch {
        // What was done stays on the page; the next change tries again.
        setFailed(true)
      }
    },
    [take],
  )
  const setup = useMemo(
    () => ({
      say,
      state,
      token,
      makeToken: async (kind: string) => {
        const made = await server.token(kind)
        setToken(made.token)
        take(made.state)
      },
      go: (next: SetupStep) => {
        setStep(next)
        void change({ step: next })
        scrollTo(0, 0)
      },
      change,
    }),
    [say, state, token, take, change],
  )
  return (
    <SetupContext value={setup}>
      <div role="alert">{failed ? <Notice state="fail">{say('failed.text')}</Notice> : null}</div>
      <Step step={step} />
    </SetupContext>
  )
}

/** The language: chosen here before, or the browser's, of those that the vendor offers. */
function useLanguage({ languages }: PageSettings): {
  readonly language: Language
  readonly choose: ((language: Language) => void) | undefined
} {
  const offered = languages ?? (Object.keys(LANGUAGES) as Language[])
  const [chosen, setChosen] = useState(() => localStorage.getItem(LANGUAGE_KEY))
  const language = firstLanguage(chosen, navigator.languages, offered)
  const choose = (next: Language) => {
    localStorage.setItem(LANGUAGE_KEY, next)
    setChosen(next)
  }
  return { language, choose: offered.length > 1 ? choose : undefined }
}
