// The front door of outbound HTTP.

export {}
