package io.dvcr.virt.libvirt;

import io.dvcr.virt.runtime.MachineDefinition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** A domain as libvirt describes it: what of it is ours. */
final class DomainDocument {
    /** Of {@code <dvcr:rebooted>}, which is there if the last run was ended as its guest rebooted. */
    static final String END_NAMESPACE = "https://dvcr.io/virt/end/v1";

    static final String REBOOTED = "<rebooted/>";

    private final Document document;

    private DomainDocument(Document document) {
        this.document = document;
    }

    static DomainDocument parse(String xml) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setNamespaceAware(true);
            return new DomainDocument(
                    factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8))));
        } catch (SAXException | ParserConfigurationException e) {
            throw new IOException("libvirt describes a domain in XML that cannot be read", e);
        }
    }

    /** The target of each disk of a resource, by the uid of the resource. */
    Map<String, String> devices() {
        Map<String, String> targets = new HashMap<>();
        for (Element disk : elements(document.getElementsByTagName("disk"))) {
            DeviceAlias.uid(child(disk, "alias", "name"))
                    .filter(uid -> !uid.equals(DisksXml.PROVISIONING))
                    .ifPresent(uid -> targets.put(uid, child(disk, "target", "dev")));
        }
        return targets;
    }

    /** The targets of all disks. */
    List<String> targets() {
        return elements(document.getElementsByTagName("disk")).stream()
                .map(disk -> child(disk, "target", "dev"))
                .toList();
    }

    /** Of the {@link MachineDefinition} that it was made of; empty if it is none of ours. */
    String revision() {
        return elements(document.getElementsByTagNameNS(MachineXml.NAMESPACE, "machine")).stream()
                .map(machine -> machine.getAttribute("revision"))
                .findFirst()
                .orElse("");
    }

    boolean endedByReboot() {
        return document.getElementsByTagNameNS(END_NAMESPACE, "rebooted").getLength() > 0;
    }

    private static String child(Element parent, String name, String attribute) {
        return elements(parent.getElementsByTagName(name)).stream()
                .map(child -> child.getAttribute(attribute))
                .findFirst()
                .orElse("");
    }

    private static List<Element> elements(NodeList nodes) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element) {
                elements.add(element);
            }
        }
        return elements;
    }
}
