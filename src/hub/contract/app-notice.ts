// What those who run the hub are told of an app. It is no failure of the hub.

import { LockstepError } from '../../protocol/index.ts'

/**
 * Something about an app that somebody has to know: it can't be asked any more (`opened`), for another reason than before
 * (`reason-changed`), it answers again (`closed`), or its settings make no sense (`fault`). Told as an error, as everything is that no link
 * explains; where it happened in the code says nothing, so it has no stack.
 */
export class AppNotice extends LockstepError {
  readonly notice: 'opened' | 'reason-changed' | 'closed' | 'fault'
  constructor(notice: AppNotice['notice'], message: string) {
    super('ERR_APP', message)
    this.name = 'AppNotice'
    this.notice = notice
    this.stack = `AppNotice: ${message}`
  }
}
