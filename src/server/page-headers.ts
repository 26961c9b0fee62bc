// The headers of pages: nothing runs, is styled, framed or fetched but from this server.

/**
 * What pages may do. No nonce, no hash, no `unsafe-`: every script and style is a file of ours, and Trusted Types keep text from
 * becoming either. HSTS is added where the public URL is https.
 */
export function pageHeaders({ secure }: { readonly secure: boolean }): readonly string[] {
  return [
    ['Content-Security-Policy', POLICY],
    ['X-Content-Type-Options', 'nosniff'],
    ['Referrer-Policy', 'no-referrer'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    ['Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
    ['X-Frame-Options', 'DENY'],
    ...(secure ? [['Strict-Transport-Security', 'max-age=31536000']] : []),
  ].flat()
}

const POLICY = [
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
