package io.dvcr.virt.resource;

/**
 * A column of the table that {@code get} prints.
 *
 * @param title in capitals
 * @param path of the field, such as {@code .status.phase}; a condition's status is {@code .status.conditions[Ready]}
 * @param form how its value is shown
 * @param wide whether only {@code -o wide} shows it
 */
public record Column(String title, String path, Form form, boolean wide) {
    /** How a value is shown. */
    public enum Form {
        TEXT,
        /** A time, as how long ago it was. */
        AGE
    }

    public static Column of(String title, String path) {
        return new Column(title, path, Form.TEXT, false);
    }

    public static Column wide(String title, String path) {
        return new Column(title, path, Form.TEXT, true);
    }

    public static Column age(String title, String path) {
        return new Column(title, path, Form.AGE, false);
    }
}
