package io.dvcr.converters.format;

/** Why an image is refused: always something about the client's file. */
public sealed interface ImageError permits FileError, Qcow2Error, VmdkError, VdiError, VhdError, VhdxError {

    /** A stable name in upper case, for programs. */
    String code();

    /** For people: gives the value and what was expected; repeats no text out of the file. */
    String message();
}
