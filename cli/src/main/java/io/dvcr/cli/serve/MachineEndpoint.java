package io.dvcr.cli.serve;

import static io.dvcr.registry.http.Method.DELETE;
import static io.dvcr.registry.http.Method.GET;
import static io.dvcr.registry.http.Method.POST;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.JsonRequest;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.registry.http.Route;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.machine.AcceleratorRequest;
import io.dvcr.virt.machine.Machine;
import io.dvcr.virt.machine.MachineName;
import io.dvcr.virt.machine.MachineSpec;
import io.dvcr.virt.machine.MachineStatus;
import io.dvcr.virt.singlehost.MachineController;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * {@code /api/v1/machines}: the controller of this host, over the registry's HTTP. It is here, where everything is
 * wired, because the controller and the HTTP face know nothing of each other.
 */
final class MachineEndpoint {
    private static final String MACHINE = "/api/v1/machines/(?<machine>[^/]+)";

    private final MachineController machines;

    private MachineEndpoint(MachineController machines) {
        this.machines = machines;
    }

    static List<Route> routes(MachineController machines) {
        MachineEndpoint endpoint = new MachineEndpoint(machines);
        return List.of(
                Route.of(POST, "/api/v1/machines", Access.administration(), endpoint::create),
                Route.of(GET, "/api/v1/machines", Access.administration(), endpoint::list),
                Route.of(GET, MACHINE, Access.administration(), endpoint::get),
                Route.of(POST, MACHINE + "/start", Access.administration(), endpoint::start),
                Route.of(POST, MACHINE + "/stop", Access.administration(), endpoint::stop),
                Route.of(DELETE, MACHINE, Access.administration(), endpoint::delete));
    }

    /** The machine is stored, and will be made, once this has answered. */
    private Reply create(Request request) throws IOException {
        JsonNode json = JsonRequest.object(request);
        MachineSpec spec = MachineSpec.parse(
                text(json, "name"),
                text(json, "image"),
                Math.toIntExact(Math.min(Integer.MAX_VALUE, number(json, "cpus"))),
                number(json, "memory"),
                AcceleratorRequest.parse(json.path("accelerator").asText("auto")));
        Machine machine = machines.create(spec);
        return JsonReply.of(202, toJson(machine)).with("Location", "/api/v1/machines/" + machine.name());
    }

    private Reply list(Request request) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("machines");
        machines.list().forEach(machine -> list.add(toJson(machine)));
        return JsonReply.of(200, json);
    }

    private Reply get(Request request) {
        return JsonReply.of(200, toJson(machines.get(name(request))));
    }

    private Reply start(Request request) throws IOException {
        return JsonReply.of(202, toJson(machines.start(name(request))));
    }

    private Reply stop(Request request) throws IOException {
        boolean force = request.query("force").equals(Optional.of("true"));
        return JsonReply.of(202, toJson(machines.stop(name(request), force)));
    }

    /** {@code DELETE}: the machine is gone once it is no longer listed. */
    private Reply delete(Request request) throws IOException {
        return JsonReply.of(202, toJson(machines.delete(name(request))));
    }

    private static MachineName name(Request request) {
        return MachineName.parse(request.pathParameter("machine"));
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new RegistryException(new RequestInvalid(field + " must be a string"));
        }
        return value.asText();
    }

    private static long number(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new RegistryException(new RequestInvalid(field + " must be a whole number"));
        }
        return value.asLong();
    }

    private static ObjectNode toJson(Machine machine) {
        MachineSpec spec = machine.spec();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", spec.name().value());
        json.put("image", spec.image());
        json.put("cpus", spec.cpus());
        json.put("memory", spec.memoryBytes());
        json.put("created", machine.createdAt().toString());
        json.set("status", toJson(machine.status()));
        return json;
    }

    private static ObjectNode toJson(MachineStatus status) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("phase", status.phase().toString());
        json.put("reason", status.reason());
        json.put("message", status.message());
        status.imageDigest().ifPresent(digest -> json.put("imageDigest", digest.toString()));
        status.accelerator().ifPresent(accelerator -> json.put("accelerator", accelerator.toString()));
        json.put("volume", status.volume().toString());
        json.put("consoleSocket", status.consoleSocket().toString());
        json.put("consoleLog", status.consoleLog().toString());
        json.put("domain", status.domain());
        json.put("uuid", status.uuid().toString());
        return json;
    }
}
