/** The global wl_data_device_manager. */
import type { SurfaceOf } from '../../surface.js';
import { enums, ProtocolError, type Client, type Resource, type WaylandServer } from '../../../wayland/index.js';
import type { Surface } from '../../surface.js';
import { DataDevice } from './data-device.js';
import { DataSource } from './data-source.js';
import { DragIcon } from './drag-icon.js';
import type { Selection } from './selection.js';

type DeviceResource = Resource<'wl_data_device'>;
type SourceResource = Resource<'wl_data_source'>;

/** What a client wants to drag; the grab that its serial names is not looked at yet. */
export interface DragRequest {
  readonly client: Client;
  readonly serial: number;
  readonly source: DataSource | undefined;
  readonly icon: DragIcon | undefined;
}

export interface DataHost {
  readonly server: WaylandServer;
  readonly surfaceOf: SurfaceOf;
  readonly clipboard: Selection<DataSource>;
  /** Called when what goes with the pointer is to be drawn anew. */
  readonly iconChanged?: (() => void) | undefined;
  startDrag(request: DragRequest): void;
}

const version = 3;
const { error: errors } = enums.wl_data_device;

export class DataDevices {
  readonly #devices = new Set<DataDevice>();
  readonly #sources = new WeakMap<SourceResource, DataSource>();

  constructor(private readonly host: DataHost) {
    host.server.offer('wl_data_device_manager', version, (manager) => {
      manager.implement({
        create_data_source: (resource) => {
          this.#sources.set(resource, new DataSource(resource));
        },
        get_data_device: (resource) => {
          this.#add(resource);
        },
      });
    });
  }

  of(client: Client): DataDevice[] {
    return [...this.#devices].filter((device) => device.client === client);
  }

  #add(resource: DeviceResource): void {
    const device = new DataDevice(resource);
    resource.implement(this.#requests(resource), () => {
      this.#devices.delete(device);
      this.host.clipboard.remove(device);
    });
    this.#devices.add(device);
    this.host.clipboard.add(device);
  }

  #requests(device: DeviceResource) {
    return {
      start_drag: (
        source: SourceResource | null,
        _origin: Resource<'wl_surface'> | null,
        icon: Resource<'wl_surface'> | null,
        serial: number,
      ) => {
        const given = this.#take(device, source);
        const surface = icon === null ? undefined : this.host.surfaceOf(icon);
        const role = surface === undefined ? undefined : this.#iconOf(device, surface);
        this.host.startDrag({ client: device.client, serial, source: given, icon: role });
      },
      set_selection: (source: SourceResource | null, serial: number) => {
        const given = this.#take(device, source);
        if (given?.isForDrag === true)
          throw new ProtocolError(given.resource, enums.wl_data_source.error.invalid_source, 'it is to be dragged');
        this.host.clipboard.set(device.client, serial, given);
      },
      release: () => undefined,
    };
  }

  #take(device: DeviceResource, resource: SourceResource | null): DataSource | undefined {
    const source = resource === null ? undefined : this.#sources.get(resource);
    if (source?.used === true) throw new ProtocolError(device, errors.used_source, 'the source was used before');
    if (source !== undefined) source.used = true;
    return source;
  }

  #iconOf(device: DeviceResource, surface: Surface): DragIcon {
    const icon = new DragIcon(surface, this.host.iconChanged);
    if (surface.setRole(icon)) return icon;
    throw new ProtocolError(device, errors.role, 'the surface has another role');
  }
}
