import { BackendError } from '@/backend';

/** The most bytes of an image that a picture is cut from; what is cut is small enough for the backend (backend/app/profile.go). */
export const imageMost = 20 << 20;

/** What the backend reads (backend/chat/picture.go). */
export const pictureTypes = 'image/png,image/jpeg,image/gif';

/** What is said of a file that is no image, or too large. */
export function unusable(): BackendError {
  return new BackendError({ code: 'picture', message: '', params: {} });
}

/** A chosen image as a data: URL. Whether it is one is seen when it is shown. */
export async function readPicture(file: File): Promise<string> {
  if (file.size > imageMost || !pictureTypes.split(',').includes(file.type)) throw unusable();
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result as string);
    reader.onerror = () => failed(unusable());
    reader.readAsDataURL(file);
  });
}
