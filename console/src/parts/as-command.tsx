// As command: what the page just did, as curl and as a command of lockstep.

import { Button, Popover } from '@mantine/core'
import { Terminal } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Call } from '../api/client.ts'
import { ADMIN } from '../place.ts'
import css from './as-command.module.css'
import { Copied } from './copy.tsx'

/** A request as curl, with the token by name. */
export function curlOf({ method, path, body }: Call, base: URL = ADMIN, token = '$LOCKSTEP_TOKEN'): string {
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(new URL(path, base).href)}`,
    `-H "Authorization: Bearer ${token}"`,
    ...(body === undefined
      ? []
      : [
          "-H 'Content-Type: application/json'",
          `-d ${quoted(typeof body === 'string' ? body : JSON.stringify(body))}`,
        ]),
  ]
  return lines.join(' \\\n  ')
}

/** A text as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/**
 * A button that shows a request as commands.
 *
 * @example <AsCommand call={callOf('GET /tenants', { query })} command="lockstep tenant list" />
 */
export function AsCommand({
  call,
  command,
}: {
  readonly call: Call /** Absent: there is none. */
  readonly command?: string | undefined
}) {
  const { t } = useTranslation('parts')
  const [open, setOpen] = useState(false)
  return (
    <Popover opened={open} onChange={setOpen} width={480} position="bottom-end" trapFocus withRoles>
      <Popover.Target>
        <Button variant="default" leftSection={<Terminal size={14} />} data-key="m" onClick={() => setOpen(!open)}>
          {t('command.label')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown
        className={css.commands}
        aria-label={t('command.label')}
        // Escape closes this, and not the dialog below with what was typed in it.
        onFocusCapture={({ target }) => target.setAttribute('data-mantine-stop-propagation', 'true')}
      >
        {command !== undefined && (
          <>
            <h3>{t('command.lockstep')}</h3>
            <Copied text={command} name={t('command.lockstep')} />
          </>
        )}
        <h3>{t('command.curl')}</h3>
        <Copied text={curlOf(call)} name={t('command.curl')} />
        <p>{t('command.token')}</p>
      </Popover.Dropdown>
    </Popover>
  )
}
