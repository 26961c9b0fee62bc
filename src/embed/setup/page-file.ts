// One file of the setup page, as the build puts it into a module.

/** One file of the page. */
export interface PageFile {
  readonly type: string
  /** Text as it is, other files as base64. */
  readonly text?: string
  readonly base64?: string
}
