// The list of keys, with the switch for single letters.

import { Kbd, Modal, Switch } from '@mantine/core'
import '@mantine/core/styles/Kbd.css'
import '@mantine/core/styles/Switch.css'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keyName, lettersAreKeys, switchLetters } from '../parts/keys.ts'
import css from './keys.module.css'
import { usePages } from './navigation.tsx'

/** The list of keys. */
export default function KeyList({
  tenant,
  close,
}: {
  readonly tenant: string | undefined
  readonly close: () => void
}) {
  const { t } = useTranslation(['parts', 'common', 'frame'])
  const pages = usePages().filter(
    ({ key, path }) => key !== undefined && (tenant !== undefined || !path.includes('$tenant')),
  )
  const [letters, setLetters] = useState(lettersAreKeys)
  const all: readonly (readonly [keys: readonly string[], does: ReactNode])[] = [
    [[keyName('K'), '/'], t('frame:keys.find')],
    ...pages.map(
      ({ key = '', name }) => [[`g ${key}`], t('frame:keys.go', { page: t(`common:nav.${name}`) })] as const,
    ),
    [['j', 'k', '↓', '↑'], t('frame:keys.move')],
    [['Enter'], t('frame:keys.open')],
    [['Esc'], t('frame:keys.closeIt')],
    [['x'], t('frame:keys.select')],
    [['.'], t('frame:keys.actions')],
    [['y'], t('frame:keys.link')],
    [['m'], t('frame:keys.command')],
    [['Space'], t('frame:keys.pause')],
    [['?'], t('frame:keys.help')],
  ]
  return (
    <Modal.Root opened onClose={close} size={440} centered>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Header component="div">
          <Modal.Title>{t('frame:keys.title')}</Modal.Title>
          <Modal.CloseButton aria-label={t('parts:close')} />
        </Modal.Header>
        <Modal.Body>
          <dl className={css.keys}>
            {all.map(([keys, does]) => (
              <div key={keys.join()}>
                <dt>
                  {keys.map((key) => (
                    <Kbd key={key} size="xs">
                      {key}
                    </Kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
          <Switch
            label={t('frame:keys.letters')}
            checked={letters}
            onChange={({ currentTarget: { checked } }) => {
              switchLetters(checked)
              setLetters(checked)
            }}
          />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
