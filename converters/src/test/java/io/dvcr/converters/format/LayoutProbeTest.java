package io.dvcr.converters.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.CollectingSink;
import io.dvcr.converters.format.DiskLayout.PartitionTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LayoutProbeTest {
    private static final int LINUX = 0x83;
    private static final int EFI_SYSTEM = 0xef;
    private static final int PROTECTIVE = 0xee;

    @Test
    void a_disk_without_a_table_has_none() throws IOException {
        assertThat(layout(disk())).isEqualTo(new DiskLayout(PartitionTable.NONE, Optional.empty()));
    }

    @Test
    void a_disk_of_a_few_bytes_has_none() throws IOException {
        assertThat(layout(disk().cutTo(100))).isEqualTo(new DiskLayout(PartitionTable.NONE, Optional.empty()));
    }

    @Test
    void a_boot_sector_of_a_file_system_is_no_table() throws IOException {
        ImageBytes fat = mbr(LINUX).fill(446, 60, 0x5a);
        assertThat(layout(fat).partitionTable()).isEqualTo(PartitionTable.NONE);
        assertThat(layout(mbr(0)).partitionTable()).isEqualTo(PartitionTable.NONE);
    }

    @Test
    void a_disk_with_an_mbr_boots_as_it_may() throws IOException {
        assertThat(layout(mbr(LINUX))).isEqualTo(new DiskLayout(PartitionTable.MBR, Optional.empty()));
    }

    @Test
    void an_efi_system_partition_in_an_mbr_is_a_hint() throws IOException {
        assertThat(layout(mbr(EFI_SYSTEM))).isEqualTo(new DiskLayout(PartitionTable.MBR, Optional.of("uefi")));
    }

    @ParameterizedTest
    @CsvSource({"512", "4096"})
    void an_efi_system_partition_in_a_gpt_is_a_hint(int sector) throws IOException {
        ImageBytes gpt = gpt(sector, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
        assertThat(layout(gpt)).isEqualTo(new DiskLayout(PartitionTable.GPT, Optional.of("uefi")));
    }

    @Test
    void a_disk_that_boots_either_way_gives_no_hint() throws IOException {
        ImageBytes gpt = gpt(512, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "21686148-6449-6e6f-744e-656564454649");
        assertThat(layout(gpt)).isEqualTo(new DiskLayout(PartitionTable.GPT, Optional.empty()));
    }

    @Test
    void a_gpt_that_lies_about_its_entries_gives_no_hint() throws IOException {
        for (long value : new long[] {-1, 0, 1, Long.MAX_VALUE, 1 << 20}) {
            ImageBytes gpt = gpt(512, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b").int64(512 + 72, value);
            assertThat(layout(gpt)).isEqualTo(new DiskLayout(PartitionTable.GPT, Optional.empty()));
        }
        ImageBytes many = gpt(512).int32(512 + 80, -1);
        assertThat(layout(many).firmware()).isEmpty();
        assertThat(layout(gpt(512).int32(512 + 84, -1)).firmware()).isEmpty();
    }

    private static ImageBytes disk() {
        return new ImageBytes(1 << 20, ByteOrder.LITTLE_ENDIAN, _ -> {});
    }

    private static ImageBytes mbr(int type) {
        return disk().int8(446, 0x80)
                .int8(450, type)
                .int32(454, 2048)
                .int32(458, 100)
                .int16(510, 0xaa55);
    }

    private static ImageBytes gpt(int sector, String... types) {
        ImageBytes disk = mbr(PROTECTIVE)
                .ascii(sector, "EFI PART")
                .int64(sector + 72, 2)
                .int32(sector + 80, 128)
                .int32(sector + 84, 128);
        for (int i = 0; i < types.length; i++) {
            VhdxBytes.guid(disk, 2 * sector + 128 * (i + 1), types[i]);
        }
        return disk;
    }

    /** Of the disk in pieces, holes among them. */
    private static DiskLayout layout(ImageBytes disk) throws IOException {
        CollectingSink sink = new CollectingSink();
        LayoutProbe probe = new LayoutProbe(sink);
        byte[] bytes = disk.toBytes();
        int first = Math.min(bytes.length, 300);
        probe.data(ByteBuffer.wrap(bytes, 0, first));
        probe.data(ByteBuffer.wrap(bytes, first, bytes.length - first));
        probe.zeros(1000);
        assertThat(sink.bytes()).startsWith(bytes).hasSize(bytes.length + 1000);
        return probe.layout();
    }
}
