package io.dvcr.virt.api;

import java.util.Optional;

/**
 * {@code status.downloadSpeed}.
 *
 * @param avg over the whole transfer, for people, such as {@code 12.5 MB/s}
 * @param avgBytes the same in bytes a second
 * @param current while it goes on
 */
public record DownloadSpeed(
        Optional<String> avg, Optional<String> avgBytes, Optional<String> current, Optional<String> currentBytes) {}
