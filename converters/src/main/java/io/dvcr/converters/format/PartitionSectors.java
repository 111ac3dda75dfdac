package io.dvcr.converters.format;

import io.dvcr.converters.format.DiskLayout.PartitionTable;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * The partition table in the first sectors of a disk: UEFI specification 2.10, section 5. It is a hint for people and
 * programs that choose a firmware, so it is read leniently, and nothing is refused for it.
 *
 * <p>A disk with an EFI system partition boots with UEFI. One that has a BIOS boot partition beside it, as cloud images
 * have, boots with either, so that it says nothing.
 */
final class PartitionSectors {
    private static final int MBR_ENTRIES = 446;
    private static final int MBR_ENTRY_BYTES = 16;
    private static final int MBR_SIGNATURE = 510;
    private static final int MBR_BYTES = 512;
    private static final int PROTECTIVE = 0xee;
    private static final int EFI_SYSTEM_TYPE = 0xef;
    private static final int GPT_HEADER_BYTES = 92;
    private static final int MIN_GPT_ENTRY_BYTES = 128;
    private static final UUID EFI_SYSTEM = UUID.fromString("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
    private static final UUID BIOS_BOOT = UUID.fromString("21686148-6449-6e6f-744e-656564454649");
    private static final int[] SECTORS = {512, 4096};

    private final Fields head;

    private PartitionSectors(Fields head) {
        this.head = head;
    }

    /** @param head the first bytes of a disk, or all */
    static DiskLayout layout(ByteBuffer head) {
        return new PartitionSectors(Fields.littleEndian(head)).layout();
    }

    private DiskLayout layout() {
        for (int sector : SECTORS) {
            if (head.length() >= sector + GPT_HEADER_BYTES && head.holds(sector, "EFI PART")) {
                return new DiskLayout(PartitionTable.GPT, gptFirmware(sector));
            }
        }
        return isMbr()
                ? new DiskLayout(PartitionTable.MBR, firmware(hasMbrType(EFI_SYSTEM_TYPE)))
                : new DiskLayout(PartitionTable.NONE, Optional.empty());
    }

    private Optional<String> gptFirmware(int sector) {
        return firmware(hasGptType(sector, EFI_SYSTEM) && !hasGptType(sector, BIOS_BOOT));
    }

    private static Optional<String> firmware(boolean uefi) {
        return uefi ? Optional.of("uefi") : Optional.empty();
    }

    private boolean hasGptType(int sector, UUID type) {
        long entries = head.signed64(sector + 72);
        long entryBytes = head.unsigned32(sector + 84);
        if (entries < 2 || entries > head.length() / sector || entryBytes < MIN_GPT_ENTRY_BYTES) {
            return false;
        }
        long first = entries * sector;
        long end = Math.min(head.length() - 16L, first + (head.unsigned32(sector + 80) - 1) * entryBytes);
        for (long at = first; at <= end; at += entryBytes) {
            if (VhdxRegions.guid(head, (int) at).equals(type)) {
                return true;
            }
        }
        return false;
    }

    /** The boot sector of a file system has the same signature, but code where a table has its entries. */
    private boolean isMbr() {
        if (head.length() < MBR_BYTES || head.unsigned16(MBR_SIGNATURE) != 0xaa55) {
            return false;
        }
        boolean used = false;
        for (int entry = MBR_ENTRIES; entry < MBR_SIGNATURE; entry += MBR_ENTRY_BYTES) {
            if ((head.unsigned8(entry) & 0x7f) != 0) {
                return false;
            }
            used |= isUsed(entry);
        }
        return used && !hasMbrType(PROTECTIVE);
    }

    private boolean hasMbrType(int type) {
        for (int entry = MBR_ENTRIES; entry < MBR_SIGNATURE; entry += MBR_ENTRY_BYTES) {
            if (isUsed(entry) && head.unsigned8(entry + 4) == type) {
                return true;
            }
        }
        return false;
    }

    private boolean isUsed(int entry) {
        return head.unsigned8(entry + 4) != 0 && head.unsigned32(entry + 12) != 0;
    }
}
