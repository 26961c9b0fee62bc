// Asks before what can't be undone: says what will happen in numbers, and wants the name typed.

import { Button, Modal, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './confirm.module.css'
import { Failed } from './failed.tsx'

/** A question before something dangerous. */
export function Confirm({
  opened,
  title,
  children,
  action,
  name,
  reason = false,
  danger = true,
  run,
  close,
}: {
  readonly opened: boolean
  /** The question: *Delete acme?* */
  readonly title: string
  /** What will happen, in numbers. */
  readonly children?: ReactNode
  /** A verb with its object: *Delete acme*. */
  readonly action: string
  /** To be typed, where it can't be undone. */
  readonly name?: string
  /** Asks for a reason, which goes to the audit. */
  readonly reason?: boolean
  readonly danger?: boolean
  /** Carries it out; its error is shown, and what was typed stays. */
  readonly run: (reason: string) => Promise<unknown>
  readonly close: () => void
}) {
  const { t } = useTranslation('parts')
  const [typed, setTyped] = useState('')
  const [why, setWhy] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const ready = (name === undefined || typed === name) && (!reason || why.trim() !== '')
  const finish = () => {
    setTyped('')
    setWhy('')
    setError(undefined)
    close()
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    setBusy(true)
    try {
      await run(why.trim())
      finish()
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal.Root
      opened={opened}
      onClose={finish}
      centered
      size={460}
      lockScroll={false}
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay />
      <Modal.Content>
        {/* A header would be a second banner. */}
        <Modal.Header component="div">
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t('close')} />
        </Modal.Header>
        <Modal.Body>
          <form className={css.form} onSubmit={(event) => void submit(event)}>
            {children}
            {reason && (
              <TextInput
                label={t('confirm.reason')}
                value={why}
                onChange={(event) => setWhy(event.currentTarget.value)}
                required
                data-autofocus
              />
            )}
            {name !== undefined && (
              <TextInput
                label={t('confirm.type', { name })}
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
                autoComplete="off"
                spellCheck={false}
                data-autofocus={!reason}
              />
            )}
            {error !== undefined && <Failed error={error} />}
            <div className={css.buttons}>
              <Button variant="default" onClick={finish}>
                {t('cancel')}
              </Button>
              <Button type="submit" {...(danger ? { color: 'red' } : {})} disabled={!ready} loading={busy}>
                {action}
              </Button>
            </div>
          </form>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
