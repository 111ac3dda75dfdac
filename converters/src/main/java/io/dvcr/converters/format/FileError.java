package io.dvcr.converters.format;

import java.util.Arrays;

/** What is wrong with an image file as a whole, whatever its format. */
public sealed interface FileError extends ImageError {

    record Empty() implements FileError {
        @Override
        public String code() {
            return "IMAGE_EMPTY";
        }

        @Override
        public String message() {
            return "the image is empty: expected at least 1 byte";
        }
    }

    /** The file is recognised, and it is nothing that can be imported as it is. */
    record FormatUnsupported(String detected) implements FileError {
        @Override
        public String code() {
            return "IMAGE_FORMAT_UNSUPPORTED";
        }

        @Override
        public String message() {
            return "the file is " + detected + ", which is not supported: expected one of " + supported();
        }

        private static String supported() {
            return String.join(
                    ", ",
                    Arrays.stream(ImageFormat.values())
                            .map(ImageFormat::toString)
                            .toList());
        }
    }

    /** Two programs could take the file for two different things, so what was inspected might not be what is read. */
    record FormatAmbiguous(String first, String second) implements FileError {
        @Override
        public String code() {
            return "IMAGE_FORMAT_AMBIGUOUS";
        }

        @Override
        public String message() {
            return "the file is " + first + " and " + second + " at once: expected a single format";
        }
    }

    record FormatMismatch(ImageFormat declared, ImageFormat detected) implements FileError {
        @Override
        public String code() {
            return "IMAGE_FORMAT_MISMATCH";
        }

        @Override
        public String message() {
            return "the image is declared as " + declared + ", but it is " + detected;
        }
    }

    /** A small file would be a large disk of data. */
    record BytesShared() implements FileError {
        @Override
        public String code() {
            return "IMAGE_BYTES_SHARED";
        }

        @Override
        public String message() {
            return "the tables of the image name the same bytes again and again: expected each part of the file once";
        }
    }

    record VirtualSizeTooLarge(long sizeBytes, long limitBytes) implements FileError {
        @Override
        public String code() {
            return "IMAGE_TOO_LARGE";
        }

        @Override
        public String message() {
            return "the disk has " + Long.toUnsignedString(sizeBytes) + " bytes or more: expected at most "
                    + limitBytes;
        }
    }
}
