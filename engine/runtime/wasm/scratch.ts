/**
 * @file Scratch memory that the executables of a backend share, since only one runs at a time.
 * In: how much one needs. Out: a region at least that large, kept until its last user is gone.
 */
import type { DeviceMemory } from './memory'

export interface ScratchUse {
  readonly address: number
  readonly bytes: number
  release(): void
}

interface Region {
  readonly address: number
  readonly bytes: number
  users: number
}

/** Enough for the packed operands of most kernels, so that code is rarely written twice. */
const usualWorkspace = 8 * 2 ** 20

export class ScratchRegions {
  private readonly regions: Region[] = []
  private readonly workspaces: Region[] = []

  constructor(private readonly device: DeviceMemory) {}

  /** Values between kernels. */
  take(bytes: number): ScratchUse {
    return this.use(this.regions, bytes)
  }

  /** What single kernels need while they run. */
  takeWorkspace(bytes: number): ScratchUse {
    return this.use(this.workspaces, Math.max(bytes, usualWorkspace))
  }

  private use(regions: Region[], bytes: number): ScratchUse {
    let region = regions.find((candidate) => candidate.bytes >= bytes)
    if (!region) {
      region = { address: this.device.allocate(bytes), bytes, users: 0 }
      regions.push(region)
    }
    const taken = region
    taken.users++
    let held = true
    return {
      address: taken.address,
      bytes: taken.bytes,
      release: () => {
        if (!held) return
        held = false
        if (--taken.users > 0) return
        this.device.release(taken.address)
        regions.splice(regions.indexOf(taken), 1)
      },
    }
  }
}
