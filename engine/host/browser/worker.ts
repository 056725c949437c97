/** @file The engine as a dedicated Worker of the page. In: the Worker's own scope, which is the port. Out: a session. */
import { serve } from './serve'

serve(self)
