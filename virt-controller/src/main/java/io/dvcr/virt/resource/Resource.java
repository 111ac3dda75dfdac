package io.dvcr.virt.resource;

/**
 * What is asked for and what is so, of one resource.
 *
 * @param <S> its spec
 * @param <T> its status
 */
public record Resource<S extends Record, T extends Record>(
        ResourceType<S, T> type, Metadata metadata, S spec, T status) {

    /** One that is yet to be made. */
    public static <S extends Record, T extends Record> Resource<S, T> of(ResourceType<S, T> type, Key key, S spec) {
        return new Resource<>(type, Metadata.of(key), spec, type.emptyStatus());
    }

    public Key key() {
        return metadata.key();
    }

    /** @throws IllegalStateException if it was never stored */
    public String uid() {
        return metadata.uid().orElseThrow(() -> new IllegalStateException(this + " was never stored"));
    }

    public boolean isTerminating() {
        return metadata.isTerminating();
    }

    public Resource<S, T> withMetadata(Metadata changed) {
        return new Resource<>(type, changed, spec, status);
    }

    public Resource<S, T> withSpec(S changed) {
        return new Resource<>(type, metadata, changed, status);
    }

    public Resource<S, T> withStatus(T changed) {
        return new Resource<>(type, metadata, spec, changed);
    }

    /** Such as {@code VirtualMachine default/web}. */
    @Override
    public String toString() {
        return type.kind() + " " + key();
    }
}
