#!/usr/bin/env python3
"""Takes the power from one mounted file system: what is not on stable storage is gone, and nothing more gets there.

usage: power_cut.py MOUNT_POINT

By the ioctl FS_IOC_SHUTDOWN of ext4, XFS and F2FS, which their own crash tests use, without flushing the journal. For
file systems that were made for a test. To be unmounted and mounted again afterwards.
"""
import ctypes
import fcntl
import os
import sys

IOC_READ = 2  # of _IOR, the direction in which the argument is declared
FS_IOC_SHUTDOWN = IOC_READ << 30 | ctypes.sizeof(ctypes.c_uint32) << 16 | ord("X") << 8 | 125
WITHOUT_FLUSHING_THE_JOURNAL = 2


def main(mount_point):
    if not os.path.ismount(mount_point):
        sys.exit(f"{mount_point} is not a mount point: this would cut the power of something else")
    directory = os.open(mount_point, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.ioctl(directory, FS_IOC_SHUTDOWN, ctypes.c_uint32(WITHOUT_FLUSHING_THE_JOURNAL))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
