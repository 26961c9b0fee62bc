// The front door of the test kit.

export {}
