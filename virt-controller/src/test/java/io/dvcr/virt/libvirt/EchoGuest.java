package io.dvcr.virt.libvirt;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The smallest guest: a boot sector that writes {@link #GREETING} to its first serial port and then echoes. */
final class EchoGuest {
    static final String GREETING = "DVCR-BOOT\n";

    /** 16-bit x86, loaded at 7c00. */
    private static final String CODE = """
            fa          cli
            31c0        xor  ax, ax
            8ed8        mov  ds, ax
            fc          cld
            be357c      mov  si, greeting
            ac          next: lodsb
            84c0        test al, al
            7405        jz   echo
            e81300      call put
            ebf6        jmp  next
            bafd03      echo: mov dx, 3fd
            ec          wait: in al, dx
            a801        test al, 1
            74fb        jz   wait
            baf803      mov  dx, 3f8
            ec          in   al, dx
            e80200      call put
            ebef        jmp  echo
            88c4        put: mov ah, al
            bafd03      mov  dx, 3fd
            ec          busy: in al, dx
            a820        test al, 20
            74fb        jz   busy
            baf803      mov  dx, 3f8
            88e0        mov  al, ah
            ee          out  dx, al
            c3          ret
            """;

    private EchoGuest() {}

    /** A raw disk. */
    static byte[] disk() {
        ByteBuffer disk = ByteBuffer.allocate(1 << 20);
        CODE.lines().forEach(line -> disk.put(HexFormat.of().parseHex(line.substring(0, line.indexOf(' ')))));
        disk.put(GREETING.getBytes(StandardCharsets.US_ASCII));
        disk.put(510, (byte) 0x55).put(511, (byte) 0xaa);
        return disk.array();
    }
}
