// Signing in, in place: at the address that was asked for, and again in a sheet over the page when the session has ended.

import { Button, Modal, PasswordInput } from '@mantine/core'
import '@mantine/core/styles/PasswordInput.css'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { signInBySecret } from '../api/signed-in.ts'
import { useApi } from '../api/use-api.ts'
import { messageOf } from '../parts/failed.tsx'
import { ADMIN, CONSOLE } from '../place.ts'
import css from './sign-in.module.css'

/** The page to sign in at. */
export function SignIn({
  said,
  done,
}: {
  /** Why an attempt elsewhere came to nothing. */ readonly said?: string
  readonly done?: () => void
}) {
  const { t } = useTranslation('sign-in')
  return (
    <main className={css.page}>
      <section className={css.card}>
        <h1>{t('form.title')}</h1>
        {said !== undefined && (
          <p className={css.said} role="alert">
            {said}
          </p>
        )}
        <IdentityProvider />
        <TokenForm {...(done === undefined ? {} : { done })} />
      </section>
    </main>
  )
}

/** The sheet over a page whose session has ended: what was typed there stays. */
export function SignInAgain() {
  const { t } = useTranslation('sign-in')
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} title={t('form.again')} centered>
      <IdentityProvider elsewhere />
      <TokenForm />
    </Modal>
  )
}

/** The way by the identity provider, where one is set: it comes back to this page, or goes on in a window of its own, and this page stays. */
function IdentityProvider({ elsewhere = false }: { readonly elsewhere?: boolean }) {
  const { t } = useTranslation('sign-in')
  const { data } = useApi('GET /ways-in', {})
  if (data?.oidc === undefined) return null
  const start = new URL('session/oidc', ADMIN)
  const here = location.pathname.slice(CONSOLE.pathname.replace(/\/$/, '').length)
  start.searchParams.set('back', /^\/[\w./-]*$/.test(here) && !here.startsWith('/sign-in') ? here : '/')
  return (
    <Button
      component="a"
      href={start.href}
      {...(elsewhere ? { target: '_blank', rel: 'noopener' } : {})}
      size="sm"
      variant="default"
    >
      {t('form.by', { name: data.oidc })}
    </Button>
  )
}

function TokenForm({ done }: { readonly done?: () => void }) {
  const { t } = useTranslation('sign-in')
  const [token, setToken] = useState('')
  const [wrong, setWrong] = useState<string>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await signInBySecret(token)
      done?.()
    } catch (error) {
      setWrong(messageOf(error, t('form.wrong')))
      setBusy(false)
    }
  }
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <PasswordInput
        label={t('form.token')}
        description={t('form.how')}
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        error={wrong}
        autoComplete="off"
        spellCheck={false}
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': t('form.show') }}
      />
      <Button type="submit" size="sm" loading={busy}>
        {t('form.do')}
      </Button>
    </form>
  )
}
