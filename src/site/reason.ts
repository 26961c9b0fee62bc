// Puts the errors of the operating system and of SQLite into words.

/** The codes of the system in words, as the end of a sentence about a file, a folder or an address. */
const SYSTEM: { readonly [code: string]: string } = {
  EACCES: 'this user may not use it',
  EADDRINUSE: 'another process listens there',
  EBUSY: 'another process uses it',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EDQUOT: 'the quota of this user on the disk is used up',
  EEXIST: 'it exists already',
  EFBIG: 'it would be larger than the file system allows',
  EHOSTUNREACH: 'the machine cannot be reached',
  EINVAL: 'the system refuses it',
  EIO: 'the disk does not answer',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead round in a circle',
  EMFILE: 'this process has too many files open',
  ENAMETOOLONG: 'the name is too long',
  ENETUNREACH: 'the network cannot be reached',
  ENFILE: 'the machine has too many files open',
  ENODEV: 'the system refuses it',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  ENOTEMPTY: 'the folder is not empty',
  ENOTFOUND: 'there is no host of that name',
  ENXIO: 'it is not a file',
  EPERM: 'this user may not do that',
  EPIPE: 'the reader is gone',
  EROFS: 'the file system is read-only',
  ETIMEDOUT: 'there was no answer in time',
  ETXTBSY: 'another process uses it',
  EXDEV: 'it would have to be moved to another file system',
}

/** SQLite's result codes, without their extensions. */
const SQLITE: { readonly [code: number]: string } = {
  5: 'another process is writing to it',
  6: 'another connection is writing to it',
  7: 'there is not enough memory',
  8: 'it, or its folder, is read-only for this user',
  9: 'it was interrupted',
  10: 'the disk does not read or write it',
  11: 'it is damaged; restore the last backup',
  13: 'the disk is full',
  14: 'it, or its folder, is not there, or this user may not write to it',
  15: 'another process has changed its locks',
  23: 'this user may not use it',
  26: 'it is not a SQLite database',
}

/** Why something failed, in plain words for errors of the system or SQLite; for other errors their own message. */
export function reasonOf(error: unknown): string {
  for (let one = error; one instanceof Error; one = one.cause) {
    const reason = systemReason(one)
    if (reason !== undefined) return reason
  }
  return plainMessage(error)
}

/** The same for errors of the system or SQLite; undefined for all others. */
export function systemReason(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return systemReason(error.errors[0])
  if (!(error instanceof Error) || !('code' in error)) return undefined
  if (error.code === 'ERR_SQLITE_ERROR' && 'errcode' in error) return SQLITE[Number(error.errcode) & 0xff]
  // Node has SQLite built in since 22.13, and everything that is needed since 22.16.
  if (error.code === 'ERR_UNKNOWN_BUILTIN_MODULE')
    return `Node ${process.versions.node} has no SQLite; with Node 22.16 or newer it works, and on this one PostgreSQL does`
  return SYSTEM[String(error.code)]
}

/** The message of an error, with causes that come from the system or SQLite in plain words. */
export function plainMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  let { message } = error
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    const reason = systemReason(cause)
    if (reason !== undefined) message = message.replace(cause.message, () => reason)
  }
  return message
}

/** The file or address that a system error is about, if it names one. */
export function subjectOf(error: unknown): string | undefined {
  const one: unknown = error instanceof AggregateError ? error.errors[0] : error
  if (typeof one !== 'object' || one === null) return undefined
  if ('path' in one && typeof one.path === 'string') return one.path
  if ('address' in one && typeof one.address === 'string')
    return 'port' in one ? `${one.address}:${String(one.port)}` : one.address
  return 'hostname' in one && typeof one.hostname === 'string' ? one.hostname : undefined
}
