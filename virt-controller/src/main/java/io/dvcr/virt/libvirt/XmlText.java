package io.dvcr.virt.libvirt;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes indented, well escaped XML. Not thread-safe. */
final class XmlText {
    private final StringWriter text = new StringWriter();
    private final XMLStreamWriter writer;
    private int depth;

    XmlText() {
        try {
            writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An element that holds what {@code content} writes. */
    XmlText element(String name, Runnable content, String... attributes) {
        return write(() -> {
            indent();
            writer.writeStartElement(name);
            writeAttributes(attributes);
            depth++;
            content.run();
            depth--;
            indent();
            writer.writeEndElement();
        });
    }

    XmlText text(String name, String content, String... attributes) {
        return write(() -> {
            indent();
            writer.writeStartElement(name);
            writeAttributes(attributes);
            writer.writeCharacters(content);
            writer.writeEndElement();
        });
    }

    XmlText empty(String name, String... attributes) {
        return write(() -> {
            indent();
            writer.writeEmptyElement(name);
            writeAttributes(attributes);
        });
    }

    @Override
    public String toString() {
        write(writer::flush);
        return text + "\n";
    }

    /** @param attributes names and values in turn */
    private void writeAttributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            writer.writeAttribute(attributes[i], attributes[i + 1]);
        }
    }

    private void indent() throws XMLStreamException {
        if (depth > 0) {
            writer.writeCharacters("\n" + "  ".repeat(depth));
        } else if (!text.toString().isEmpty()) {
            writer.writeCharacters("\n");
        }
    }

    private XmlText write(Step step) {
        try {
            step.write();
            return this;
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Step {
        void write() throws XMLStreamException;
    }
}
