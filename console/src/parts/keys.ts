// Whether letters are keys: WCAG 2.1.4 wants them to be switched off at will.

const KEY = 'lockstep-keys'

/** A letter with the key that commands are given with: ⌘K on a Mac, Ctrl K elsewhere. */
export function keyName(letter: string): string {
  return /Mac|iP(?:hone|ad)/.test(navigator.userAgent) ? `⌘${letter}` : `Ctrl ${letter}`
}

/** Whether single letters do something. */
export function lettersAreKeys(): boolean {
  return localStorage.getItem(KEY) !== 'off'
}

/** Switches single letters on or off, for this browser. */
export function switchLetters(on: boolean): void {
  localStorage.setItem(KEY, on ? 'on' : 'off')
}

/** Whether somebody is typing, so that a letter is a letter. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  // An editor in a shadow root is its host from here.
  return (
    target.isContentEditable ||
    target.dataset.editor !== undefined ||
    /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
  )
}
