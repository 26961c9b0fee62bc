// Breaks: versions.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Break, onAnswer, onRequest, resources } from '../broken.ts'

/** Versions. */
export const ETAG_BREAKS: readonly Break[] = [
  { name: 'there are no ETags', caught: ['P-500'], wrap: onAnswer((got) => got.headers.delete('etag')) },
  {
    name: 'meta.version differs from the ETag',
    caught: ['S-019'],
    wrap: resources((one) => void (one.meta?.version && (one.meta.version = '7'))),
  },
  {
    name: 'If-Match is ignored',
    caught: ['P-501/put', 'P-501/patch', 'P-501/delete'],
    wrap: onRequest((sent) => (sent.headers.delete('if-match'), undefined)),
  },
  {
    name: 'If-None-Match is ignored',
    caught: ['P-503'],
    wrap: onRequest((sent) => (sent.headers.delete('if-none-match'), undefined)),
  },
  {
    name: 'If-None-Match always gives 304',
    caught: ['P-503/other'],
    wrap: onRequest((sent) => void (sent.headers.has('if-none-match') && sent.headers.set('if-none-match', '*'))),
  },
  {
    name: 'versions never change',
    caught: ['P-362', 'P-501/current', 'P-502', 'P-503', 'P-504', 'P-504/members', 'P-505'],
    wrap: (real) => async (sent) => {
      const got = await real(sent)
      if (got.headers.has('etag')) got.headers.set('etag', 'W/"0"')
      for (const one of Array.isArray(got.body?.Resources) ? got.body.Resources : [got.body])
        if (one?.meta?.version) one.meta.version = 'W/"0"'
      return got
    },
  },
]
