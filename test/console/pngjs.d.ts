// The part of pngjs that is used: it brings no types.

declare module 'pngjs' {
  interface Picture {
    readonly width: number
    readonly height: number
    readonly data: Uint8Array
  }
  export const PNG: { readonly sync: { readonly read: (file: Uint8Array) => Picture } }
}
