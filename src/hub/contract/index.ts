// The contract of the hub: adapters, settings of apps, what is kept of them.

export * from './adapter.ts'
export * from './adapter-kind.ts'
export * from './app-error.ts'
export * from './app-notice.ts'
export * from './app-record.ts'
export * from './app-settings.ts'
export * from './compiled.ts'
export * from './link.ts'
export * from './meter.ts'
export * from './views.ts'
