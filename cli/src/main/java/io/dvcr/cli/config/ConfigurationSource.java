package io.dvcr.cli.config;

import io.dvcr.cli.config.YamlValue.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a configuration is read from; it may be read again. Thread-safe.
 *
 * @param file the YAML file
 * @param fileRequired whether it must be there, because somebody named it; else there may be none
 * @param workingDirectory absolute; what relative paths of the environment and of options are relative to
 */
public record ConfigurationSource(
        Path file,
        boolean fileRequired,
        Map<String, String> environment,
        List<OptionValue> options,
        ServerUser user,
        Path workingDirectory) {
    private static final int MAX_BYTES = 1 << 20;

    public ConfigurationSource {
        environment = Map.copyOf(environment);
        options = List.copyOf(options);
    }

    /**
     * That of this process: the file is {@code named}, else {@code $DVCR_CONFIG}, else that of the user if there is one.
     */
    public static ConfigurationSource ofProcess(Optional<Path> named, List<OptionValue> options) {
        Map<String, String> environment = System.getenv();
        ServerUser user = new ServerUser(
                System.getProperty("user.name"),
                Path.of(System.getProperty("user.home")),
                environment.getOrDefault("XDG_CONFIG_HOME", ""),
                environment.getOrDefault("XDG_DATA_HOME", ""));
        Optional<Path> file = named.or(() -> Optional.ofNullable(environment.get("DVCR_CONFIG"))
                .filter(path -> !path.isEmpty())
                .map(Path::of));
        return new ConfigurationSource(
                file.orElseGet(user::configurationFile),
                file.isPresent(),
                environment,
                options,
                user,
                Path.of("").toAbsolutePath());
    }

    /** @throws ConfigurationException with everything that is wrong */
    public LoadedConfiguration read() throws ConfigurationException {
        return read(readFile());
    }

    /** The text of the file; empty if there need not be one and is none. */
    String readFile() throws ConfigurationException {
        try (InputStream in = Files.newInputStream(workingDirectory.resolve(file))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw unreadable("is larger than " + MAX_BYTES + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException e) {
            if (fileRequired) {
                throw unreadable("does not exist");
            }
            return "";
        } catch (AccessDeniedException e) {
            throw unreadable("may not be read by " + user.name());
        } catch (CharacterCodingException e) {
            throw unreadable("is not UTF-8");
        } catch (IOException e) {
            throw unreadable("cannot be read: " + e.getMessage());
        }
    }

    LoadedConfiguration read(String text) throws ConfigurationException {
        Reading reading = Reading.of(file, workingDirectory, environment, options);
        Mapping mapping = YamlDocument.parse(file.toString(), text, reading.faults());
        Section root = new Section(reading, "", reading.line(0), Optional.of(mapping));
        Configuration configuration = Configuration.read(root, user);
        UnknownKeys.report(root, reading);
        reading.faults().addAll(reading.variables().unknown());
        if (!reading.faults().isEmpty()) {
            throw new ConfigurationException(reading.faults());
        }
        return new LoadedConfiguration(configuration, text, root);
    }

    private ConfigurationException unreadable(String message) {
        return new ConfigurationException(List.of(new Fault(new Origin.InFile(file.toString(), 0), "", message)));
    }

    /** Without the environment, which has secrets. */
    @Override
    public String toString() {
        return file.toString();
    }
}
