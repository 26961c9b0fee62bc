// The headers that keep other sites and injected markup out: for the admin API, the console and the setup page.

import type { ServerResponse } from 'node:http'

/** The policy of answers that are no page: nothing in them is run, shown in a frame, or loads anything. CSP 3 §6. */
const API_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The policy of the console and the setup page: files of this server alone, nothing inline, nothing made of text. CSP 3, Trusted Types. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** Where browsers report what the policy has blocked, below the address of the server. */
export const REPORTS_PATH = '/console/policy'

/** What a browser could be asked for, and never is. */
const FEATURES = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
]

/** A year: a browser that has come by TLS once never comes without it again. RFC 6797 §6.1. */
const HSTS = 'max-age=31536000'

/** The headers, by name; `origin` is what the browser shows. */
function securityHeaders(origin: string, policy: string): { readonly [name: string]: string } {
  return {
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': FEATURES.map((feature) => `${feature}=()`).join(', '),
    ...(origin.startsWith('https:') ? { 'Strict-Transport-Security': HSTS } : {}),
  }
}

/**
 * Puts the headers on an answer that is still to come; those that the answer brings itself replace them. `page`: it is one of ours, which
 * loads our own files, and whose browser reports what it has blocked. `prefix`: the path of the public URL.
 */
export function protect(response: ServerResponse, origin: string, what: 'page' | 'api', prefix = ''): void {
  const reports = `${prefix}${REPORTS_PATH}`
  const policy = what === 'page' ? `${PAGE_POLICY}; report-uri ${reports}; report-to policy` : API_POLICY
  if (what === 'page') response.setHeader('Reporting-Endpoints', `policy="${reports}"`)
  for (const [name, value] of Object.entries(securityHeaders(origin, policy))) response.setHeader(name, value)
}
