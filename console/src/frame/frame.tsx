// The frame around every page: left bar, top bar, and the sheet for signing in again.

import { Outlet, useParams, useRouterState } from '@tanstack/react-router'
import { Menu as MenuIcon } from 'lucide-react'
import { Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSignedIn } from '../api/signed-in.ts'
import { Failed } from '../parts/failed.tsx'
import { later } from '../parts/later.tsx'
import { To } from '../parts/link.tsx'
import { LiveMark } from '../parts/live.tsx'
import { Lines } from '../parts/loaded.tsx'
import { SessionProvider, useOnlyTenant } from '../session.tsx'
import { Account } from './account.tsx'
import { FindButton } from './find-button.tsx'
import css from './frame.module.css'
import { Keys } from './keys.tsx'
import { Navigation } from './navigation.tsx'
import { Openable } from './openable.tsx'
import { Silent } from './silent.tsx'
import { TenantChooser } from './tenant-chooser.tsx'
import { useTypedEarly } from './typed-early.ts'

// Loaded when they are needed: most visits need none of them.
const Find = later(async () => (await import('./find.tsx')).default, { areas: ['frame'] })
const Standing = later(async () => (await import('./standing.tsx')).default, { areas: ['tenants'] })
const SignIn = later(async () => (await import('./sign-in.tsx')).SignIn, { areas: ['sign-in'] })
const SignInAgain = later(async () => (await import('./sign-in.tsx')).SignInAgain, { areas: ['sign-in'] })

/** The frame, for whoever is signed in; a form to sign in for everybody else, at the same address. */
export function Frame() {
  const { session, refused, error, again } = useSignedIn()
  if (session === undefined) {
    if (refused) return <SignIn />
    return <div className={css.bare}>{error === null ? <Lines /> : <Failed error={error} again={again} />}</div>
  }
  return (
    <SessionProvider session={session}>
      <Openable>
        <Framed />
      </Openable>
      {refused && <SignInAgain />}
    </SessionProvider>
  )
}

function Framed() {
  const { t } = useTranslation()
  const { tenant } = useParams({ strict: false }) as { readonly tenant?: string }
  const only = useOnlyTenant()
  const [open, setOpen] = useState(false)
  const [finding, setFinding] = useState(false)
  const [query, setQuery] = useState('')
  useTypedEarly(finding, setQuery)
  const find = () => {
    if (!finding) setQuery('')
    setFinding(true)
  }
  const place = useRouterState({ select: (state) => state.location.pathname })
  // The menu closes when another page opens.
  useEffect(() => {
    if (place !== '') setOpen(false)
  }, [place])
  return (
    <div className={css.frame}>
      <a className={css.skip} href="#page">
        {t('skip')}
      </a>
      <header className={css.top}>
        <button
          type="button"
          className={css.menu}
          aria-label={t('menu')}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <MenuIcon size={18} />
        </button>
        <To to="/" className={css.brand} aria-label="Lockstep">
          <Mark />
          <span>Lockstep</span>
        </To>
        <TenantChooser tenant={tenant} />
        <FindButton find={find} />
        <div className={css.right}>
          <LiveMark />
          <Account />
        </div>
      </header>
      <nav className={open ? `${css.left} ${css.open}` : css.left} aria-label={t('pages')}>
        <Navigation tenant={tenant} />
      </nav>
      {tenant !== undefined && <Standing tenant={tenant} />}
      <main id="page" className={css.main} tabIndex={-1}>
        <Suspense fallback={<Lines />}>
          <Outlet />
        </Suspense>
      </main>
      <Silent />
      {finding && <Find tenant={tenant ?? only} query={query} setQuery={setQuery} close={() => setFinding(false)} />}
      <Keys find={find} tenant={tenant} />
    </div>
  )
}

function Mark() {
  return (
    <svg className={css.mark} viewBox="0 0 32 32" aria-hidden="true">
      <path d="M7 4v17a6 6 0 0 0 6 6h13" />
      <path d="M16 4v10a5 5 0 0 0 5 5h5" />
    </svg>
  )
}
