// The page that a one-time link opens: signs in on a click, and offers what is left to do on a first start.

import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { signInBySecret } from '../api/signed-in.ts'
import { useAct } from '../api/use-api.ts'
import css from '../frame/sign-in.module.css'
import { Failed, messageOf } from '../parts/failed.tsx'
import { To } from '../parts/link.tsx'
import { Status } from '../parts/status.tsx'
import type { Session } from '../session.tsx'

/** The page of a link. Opening it does nothing, so that whatever looks at links uses none up. */
export default function First() {
  const { t } = useTranslation('sign-in')
  // Kept while the page is open: the address shows it no longer than it has to.
  const [secret] = useState(() => location.hash)
  const [session, setSession] = useState<Session>()
  useEffect(() => {
    document.title = `${t('first.title')} · Lockstep`
  }, [t])
  return (
    <main className={css.page}>
      <section className={css.card}>
        <h1>{t('first.title')}</h1>
        {session === undefined ? <Enter secret={secret} entered={setSession} /> : <Steps session={session} />}
      </section>
    </main>
  )
}

function Enter({ secret, entered }: { readonly secret: string; readonly entered: (session: Session) => void }) {
  const { t } = useTranslation('sign-in')
  const [wrong, setWrong] = useState<string>()
  const [busy, setBusy] = useState(false)
  const enter = async () => {
    setBusy(true)
    try {
      const session = await signInBySecret(secret)
      history.replaceState(history.state, '', location.pathname)
      entered(session)
    } catch (error) {
      setWrong(messageOf(error, t('first.wrong')))
      setBusy(false)
    }
  }
  if (!secret.startsWith('#k=')) return <p>{t('first.none')}</p>
  return (
    <>
      <p>{t('first.what', { host: location.host })}</p>
      <p>{t('first.once')}</p>
      {wrong !== undefined && (
        <p className={css.said} role="alert">
          {wrong}
        </p>
      )}
      <Button onClick={() => void enter()} loading={busy}>
        {t('first.do')}
      </Button>
    </>
  )
}

/** Three steps, each of which may be left out. */
function Steps({ session }: { readonly session: Session }) {
  const { t } = useTranslation('sign-in')
  const owns = session.capabilities.includes('own') && session.tenants === undefined
  return (
    <>
      <p>
        <Status state="ok">{t('first.in', { name: session.name })}</Status>
      </p>
      {owns && <NameYourself session={session} />}
      {owns && (
        <p>
          <To to="/settings/sign-in">{t('first.connect')}</To>
        </p>
      )}
      {owns && (
        <p>
          <To to="/tenants">{t('first.tenant')}</To>
        </p>
      )}
      <p>
        <To to="/">{t('first.on')}</To>
      </p>
    </>
  )
}

function NameYourself({ session }: { readonly session: Session }) {
  const { t } = useTranslation('sign-in')
  const [name, setName] = useState('')
  const change = useAct('PATCH /operators/{operator}')
  const [, operator] = session.actor.split(':')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ params: { operator: operator ?? '' }, body: { name: name.trim() } })
  }
  if (change.data !== undefined) return <Status state="ok">{t('first.named', { name: change.data.name })}</Status>
  return (
    <form className={css.form} onSubmit={submit}>
      <TextInput
        label={t('first.name')}
        description={t('first.nameHow')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        autoComplete="name"
      />
      {change.error !== null && <Failed error={change.error} />}
      <Button type="submit" variant="default" disabled={name.trim() === ''} loading={change.isPending}>
        {t('first.nameDo')}
      </Button>
    </form>
  )
}
