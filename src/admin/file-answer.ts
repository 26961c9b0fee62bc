// A file as an answer, written while it is read, and no further than somebody reads it.

import { environment } from '../environment.ts'
import type { ExportFormat } from './export-file.ts'

/** What a file is called, and who made it. */
export interface FileFacts {
  /** `acme-User`: the date and the ending are added. */
  readonly name: string
  readonly format: ExportFormat
  readonly actor: string
}

/**
 * Answers with a file. Its first piece is read at once: whatever is wrong with what was asked for is known while that can still be said.
 */
export async function fileAnswer(
  pieces: AsyncGenerator<string>,
  { name, format, actor }: FileFacts,
): Promise<Response> {
  let next = await pieces.next()
  let isLeft = false
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      // A part of the log in which nothing fits is no piece of the file.
      while (next.done !== true && next.value === '' && !isLeft) next = await pieces.next()
      if (isLeft) return
      if (next.done === true) return controller.close()
      controller.enqueue(encoder.encode(next.value))
      next = await pieces.next()
    },
    async cancel() {
      isLeft = true
      await pieces.return(undefined)
    },
  })
  const date = new Date(environment.now()).toISOString().slice(0, 10)
  return new Response(body, {
    headers: {
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      'content-disposition': `attachment; filename="${name}-${date}.${format}"`,
      'cache-control': 'no-store',
      // Who made it stands in its head: a file has no log of its own.
      'x-exported-by': encodeURIComponent(actor),
    },
  })
}
