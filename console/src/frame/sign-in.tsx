// Signing in, in place: at the address that was asked for, and again in a sheet over the page when the session has ended.

import { Button, Modal, PasswordInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { signInByToken } from '../api/signed-in.ts'
import { messageOf } from '../parts/failed.tsx'
import css from './sign-in.module.css'

/** The page to sign in at. */
export function SignIn() {
  const { t } = useTranslation()
  return (
    <main className={css.page}>
      <section className={css.card}>
        <h1>{t('signIn.title')}</h1>
        <TokenForm />
      </section>
    </main>
  )
}

/** The sheet over a page whose session has ended: what was typed there stays. */
export function SignInAgain() {
  const { t } = useTranslation()
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} title={t('signIn.again')} centered>
      <TokenForm />
    </Modal>
  )
}

function TokenForm() {
  const { t } = useTranslation()
  const [token, setToken] = useState('')
  const [wrong, setWrong] = useState<string>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await signInByToken(token.trim())
    } catch (error) {
      setWrong(messageOf(error, t('signIn.wrong')))
      setBusy(false)
    }
  }
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <PasswordInput
        label={t('signIn.token')}
        description={t('signIn.how')}
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        error={wrong}
        autoComplete="off"
        spellCheck={false}
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
      />
      <Button type="submit" size="sm" loading={busy}>
        {t('signIn.do')}
      </Button>
    </form>
  )
}
