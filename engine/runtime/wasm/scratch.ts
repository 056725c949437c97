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

export class ScratchRegions {
  private readonly regions: Region[] = []

  constructor(private readonly device: DeviceMemory) {}

  take(bytes: number): ScratchUse {
    const { regions } = this
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
