/**
 * @file The engine as a Worker behind somebody else's port: in the desktop app the hidden window hands on the editor's. In: one message with a port.
 * Out: a session on it.
 */
import { serve } from './serve'

addEventListener(
  'message',
  ({ ports: [port] }) => {
    if (port) serve(port)
  },
  { once: true },
)
